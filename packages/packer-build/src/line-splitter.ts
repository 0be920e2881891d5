export interface LineSplitter {
  push(text: string): void;
  /** Hands on a last line that has no line break. */
  end(): void;
}

/**
 * Cuts a stream of text into lines, however it arrives. Of a line longer than `limit` only the beginning is kept: a
 * guest that prints without end must not fill the memory.
 */
export function createLineSplitter(
  onLine: (line: string) => void,
  { limit }: { readonly limit: number },
): LineSplitter {
  let pending = '';

  const add = (text: string): void => {
    pending += text.slice(0, Math.max(0, limit - pending.length));
  };
  const flush = (): void => {
    const line = pending;
    pending = '';
    onLine(line.endsWith('\r') ? line.slice(0, -1) : line);
  };
  return {
    push: (text) => {
      let from = 0;
      for (let to = text.indexOf('\n'); to !== -1; to = text.indexOf('\n', from)) {
        add(text.slice(from, to));
        flush();
        from = to + 1;
      }
      add(text.slice(from));
    },
    end: () => {
      if (pending !== '') flush();
    },
  };
}
