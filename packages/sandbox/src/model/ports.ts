// What the cloud model needs from outside. Face 1 gives it a virtual queue and simulated bodies; faces 2 and 3 give it
// the wall clock, real processes and real sockets. The model itself never touches a timer, a socket or a random source.

/** Time as an event queue: virtual (jumps to the next event) or the wall's. */
export interface Scheduler {
  now(): Date;
  /** Runs `task` once, `delayMs` from now; the returned function cancels it. Same-time tasks run in order of booking. */
  after(delayMs: number, task: () => void): () => void;
}

/** What is known about an instance when it is switched on. */
export interface BodySpec {
  readonly instanceId: string;
  readonly name: string;
  readonly templateId: string;
  /** Whatever the {@link ImageStore} returned for the template; opaque to the model. */
  readonly image: unknown;
  readonly address: string;
  /** Decoded user data, or ''. */
  readonly userData: string;
}

/** The inside of an instance: a simulated life, a process, or a virtual machine. */
export interface Body {
  /** Finds an address for a new instance (loopback, or made up in face 1). */
  allocateAddress(instanceId: string): string;
  /** Switches it on. `onExit` is called once if it ends by itself or after {@link stop}; never after {@link kill}. */
  start(spec: BodySpec, onExit: (reason: string) => void): void;
  /** ACPI power button: asks; the body may take its time (lame duck) and then calls `onExit`. */
  stop(instanceId: string): void;
  /** Pulls the plug. */
  kill(instanceId: string): void;
}

export interface ProbeRequest {
  readonly instanceId: string;
  readonly address: string;
  readonly mode: 'tcp' | 'http' | 'https';
  readonly port: number;
  readonly uri?: string | undefined;
  readonly timeoutMs: number;
}

/** One health probe of a load balancer. `answer` is called exactly once, within `timeoutMs`. */
export interface Prober {
  probe(request: ProbeRequest, answer: (success: boolean) => void): void;
}

/** Where template images come from. Rejecting fails the registration with the error's message. */
export interface ImageStore {
  /** Fetches `url`, checks its md5 against `checksum`, keeps it; `image` is handed to {@link Body.start}. */
  fetch(
    url: string,
    checksum: string,
  ): Promise<{ readonly sizeBytes: number; readonly image: unknown }>;
  /** The template is deleted: its image is no longer needed for new instances. */
  release(image: unknown): void;
  /** Offers a copy of the image to whoever knows the URL that it resolves with. @default nothing is offered */
  publish?(image: unknown): Promise<string>;
}
