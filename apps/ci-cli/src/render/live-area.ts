import type { Writable } from 'node:stream';
import type { Context } from '../context.ts';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const CLEAR_LINE = '\r\u001B[2K';
const CLEAR_LINE_ABOVE = '\u001B[1A\u001B[2K';
const REDRAW_MS = 120;

/** The bottom of a terminal that is redrawn in place: a block of lines, and a line of what is going on. */
export interface LiveArea {
  /** Asked for its lines at every redraw; `undefined` removes the block. */
  pin(render: (() => readonly string[]) | undefined): void;
  set(status: string): void;
  draw(): void;
  clear(): void;
  close(): void;
}

/** Does nothing at all unless a person watches. */
export function createLiveArea(
  { isInteractive, stderr }: Context,
  write: (text: string) => void,
  elapsed: () => string,
): LiveArea {
  let pinned: (() => readonly string[]) | undefined;
  let status = '';
  let drawn = 0;
  let frame = 0;
  let timer: NodeJS.Timeout | undefined;

  const erase = (): string => CLEAR_LINE + CLEAR_LINE_ABOVE.repeat(Math.max(0, drawn - 1));
  const clear = (): void => {
    if (drawn > 0) write(erase());
    drawn = 0;
  };
  const draw = (): void => {
    if (!isInteractive || (pinned === undefined && status === '')) {
      clear();
      return;
    }
    frame = (frame + 1) % FRAMES.length;
    const block = fitRows(pinned?.() ?? [], stderr);
    const last = status === '' ? [] : [`${elapsed()}  ${FRAMES[frame]} ${status}`];
    const lines = [...block, ...last].map((line) => fitColumns(line, stderr));
    write(`${erase()}${lines.join('\n')}`);
    drawn = lines.length;
  };
  const start = (): void => {
    if (!isInteractive) return;
    timer ??= setInterval(draw, REDRAW_MS).unref();
    draw();
  };

  return {
    pin: (render) => {
      pinned = render;
      start();
    },
    set: (text) => {
      status = text;
      start();
    },
    draw,
    clear,
    close: () => {
      clear();
      pinned = undefined;
      status = '';
      clearInterval(timer);
    },
  };
}

/** A line that wraps, or a block that scrolls, could not be erased again. */
function fitColumns(line: string, { columns = 120 }: Writable & { columns?: number }): string {
  return line.length < columns ? line : `${line.slice(0, columns - 2)}…`;
}

function fitRows(
  lines: readonly string[],
  { rows = 40 }: Writable & { rows?: number },
): readonly string[] {
  const room = Math.max(1, rows - 3);
  if (lines.length <= room) return lines;
  return [...lines.slice(0, room - 1), `… ${lines.length - room + 1} more lines`];
}
