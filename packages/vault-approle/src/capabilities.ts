import type { Call } from './call.ts';
import type { Envelope } from './envelope.ts';

/** `POST sys/capabilities-self`: allowed by the default policy. */
export function capabilitiesCall(paths: readonly string[]): Call {
  return {
    action: 'ask what the token may do',
    method: 'POST',
    path: 'sys/capabilities-self',
    template: 'sys/capabilities-self',
    body: { paths },
    repeatWhenAmbiguous: true,
  };
}

export function readCapabilities(
  paths: readonly string[],
  { data = {} }: Envelope,
): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(paths.map((path) => [path, texts(data[path])]));
}

/** The texts of a list; nothing when it is none. */
export function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
