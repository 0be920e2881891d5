/** One line of `packer -machine-readable`: `seconds,target,type,data,…`. */
export interface MachineReadableLine {
  /** When Packer wrote it, to the second; `undefined` when the line is not in this format. */
  readonly at: Date | undefined;
  /** The build it is about; empty for what concerns the whole run. */
  readonly target: string;
  /** `ui`, `artifact`, `error`, … or one that this package does not know; `raw` for a line in no format at all. */
  readonly type: string;
  /** Unescaped. Not reversible: a guest that prints an escape looks the same as what it stands for. */
  readonly data: readonly string[];
}

const ENVELOPE = /^(\d{1,12}),([^,]*),([^,]*)(?:,(.*))?$/s;

/** Reads one line without its line break. Never throws: what is not in the format comes back as `raw`. */
export function parseMachineReadable(line: string): MachineReadableLine {
  const [, seconds, target, type, data] = ENVELOPE.exec(line) ?? [];
  if (seconds === undefined || target === undefined || type === undefined || type === '') {
    return { at: undefined, target: '', type: 'raw', data: [line] };
  }
  return {
    at: new Date(Number(seconds) * 1_000),
    target: unescapeField(target),
    type,
    data: data === undefined ? [] : data.split(',').map(unescapeField),
  };
}

function unescapeField(field: string): string {
  return field.replaceAll('%!(PACKER_COMMA)', ',').replaceAll('\\n', '\n').replaceAll('\\r', '\r');
}
