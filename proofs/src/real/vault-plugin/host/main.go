// Command vault-plugin-host stands in for Vault: it starts the binary of a secrets engine as Vault does, over go-plugin,
// and hands it the requests that come as lines of JSON on stdin. Leases are kept here and named by a number.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	backend "github.com/hashicorp/vault/sdk/plugin"

	"github.com/hashicorp/vault/sdk/logical"
)

type request struct {
	// read, update, delete, list, renew or revoke; the last two take a lease instead of a path.
	Operation string         `json:"operation"`
	Path      string         `json:"path"`
	Data      map[string]any `json:"data"`
	Lease     int            `json:"lease"`
}

type answer struct {
	Data  map[string]any `json:"data,omitempty"`
	Lease int            `json:"lease,omitempty"`
	TTL   float64        `json:"ttlSeconds,omitempty"`
	Error string         `json:"error,omitempty"`
}

type lease struct {
	path   string
	secret *logical.Secret
	data   map[string]any
}

// Seconds in which an engine must answer: it repeats a failing call for fifteen.
const patience = 60 * time.Second

// Protocol 4 is the last one that serves a single mount per process.
const protocol = 4

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: vault-plugin-host PLUGIN")
		os.Exit(2)
	}
	if err := serve(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(binary string) error {
	client, engine, err := start(binary)
	if err != nil {
		return err
	}
	defer client.Kill()
	storage := &logical.InmemStorage{}
	setUp := &logical.BackendConfig{
		StorageView: storage,
		System:      &logical.StaticSystemView{DefaultLeaseTTLVal: time.Hour, MaxLeaseTTLVal: 24 * time.Hour},
		Logger:      hclog.NewNullLogger(),
		BackendUUID: "exoship",
	}
	if err := engine.Setup(context.Background(), setUp); err != nil {
		return fmt.Errorf("setting the engine up: %w", err)
	}
	leases := map[int]lease{}
	lines := bufio.NewScanner(os.Stdin)
	out := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var asked request
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			return fmt.Errorf("reading a request: %w", err)
		}
		if err := out.Encode(handle(engine, storage, leases, asked)); err != nil {
			return err
		}
	}
	return lines.Err()
}

func start(binary string) (*plugin.Client, logical.Backend, error) {
	command := exec.Command(binary)
	command.Env = append(os.Environ(), "VAULT_PLUGIN_AUTOMTLS_ENABLED=true")
	client := plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig: backend.HandshakeConfig,
		VersionedPlugins: map[int]plugin.PluginSet{
			protocol: {backend.BackendPluginName: &backend.GRPCBackendPlugin{}},
		},
		Cmd:              command,
		AutoMTLS:         true,
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		Logger:           hclog.NewNullLogger(),
	})
	connection, err := client.Client()
	if err != nil {
		client.Kill()
		return nil, nil, fmt.Errorf("starting the plugin: %w", err)
	}
	raw, err := connection.Dispense(backend.BackendPluginName)
	if err != nil {
		client.Kill()
		return nil, nil, fmt.Errorf("asking for the engine: %w", err)
	}
	return client, raw.(logical.Backend), nil
}

func handle(engine logical.Backend, storage logical.Storage, leases map[int]lease, asked request) answer {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	sent := &logical.Request{
		Operation:   logical.Operation(asked.Operation),
		Path:        asked.Path,
		Data:        asked.Data,
		Storage:     storage,
		DisplayName: "token",
		MountPoint:  "exoscale/",
	}
	if known, found := leases[asked.Lease]; found {
		sent.Path, sent.Secret, sent.Data = known.path, known.secret, known.data
	}
	response, err := engine.HandleRequest(ctx, sent)
	if err != nil {
		return answer{Error: err.Error()}
	}
	if response == nil {
		return answer{}
	}
	if response.IsError() {
		return answer{Error: response.Error().Error()}
	}
	told := answer{Data: response.Data}
	if response.Secret != nil {
		told.TTL = response.Secret.TTL.Seconds()
		told.Lease = asked.Lease
		if told.Lease == 0 {
			// Vault's part: an engine that renews counts from here.
			response.Secret.IssueTime = time.Now()
			told.Lease = len(leases) + 1
		}
		leases[told.Lease] = lease{path: sent.Path, secret: response.Secret, data: response.Data}
	}
	return told
}
