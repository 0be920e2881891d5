/** Verification of the certificate that the instance presents. */
export interface TlsSettings {
  /** PEM of the authority to trust instead of the well-known ones. */
  readonly ca?: string | undefined;
  /** Name asked for (SNI) and expected in the certificate, since the address is a bare IP. @default the address */
  readonly serverName?: string | undefined;
  /** `false` accepts any certificate: for a self-signed one made at boot. @default true */
  readonly verify?: boolean | undefined;
}

export interface ProbeTarget {
  /** IPv4 or IPv6 address, or a host name; IPv6 without brackets. */
  readonly address: string;
  readonly port: number;
  /** HTTP checks speak TLS when given. */
  readonly tls?: TlsSettings | undefined;
}

export interface HttpQuestion {
  readonly target: ProbeTarget;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case; repeated ones joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** The first bytes of the body, at most {@link BODY_LIMIT_BYTES}; complete unless `truncated`. */
  readonly body: Uint8Array;
  readonly truncated: boolean;
}

/** How probes reach the instance; both methods reject when there is no complete answer. */
export interface Transport {
  http(question: HttpQuestion, options: { readonly signal: AbortSignal }): Promise<HttpAnswer>;
  tcp(target: ProbeTarget, options: { readonly signal: AbortSignal }): Promise<void>;
}

/** More of a body than this is never read, so that an endless one cannot fill the memory. */
export const BODY_LIMIT_BYTES: number = 256 * 1024;
