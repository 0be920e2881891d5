import type { Context } from '../context.ts';

/** What a person or a job log sees while a command works. Everything goes to stderr and passes the redactor. */
export interface Progress {
  /** One appended line that stays. */
  line(text: string): void;
  /** Like a line, but marked; CI logs are searched for it. */
  warn(text: string): void;
  /** What is going on right now: alive at the bottom of a terminal, left out of a job log. */
  live(text: string): void;
  /** A block that GitLab folds. */
  section<T>(name: string, title: string, body: () => Promise<T>): Promise<T>;
  close(): void;
}

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const CLEAR_LINE = '\r\u001B[2K';

export function createProgress(context: Context): Progress {
  const startedMs = context.clock.monotonicMs();
  const elapsed = (): string =>
    `${((context.clock.monotonicMs() - startedMs) / 1000).toFixed(1).padStart(6)}s`;
  const write = (text: string): void => {
    context.stderr.write(context.redactor.redact(text));
  };
  const status = createStatusLine(context, write, elapsed);

  const append = (text: string): void => {
    status.clear();
    for (const part of text.split('\n')) write(`${elapsed()}  ${part}\n`);
    status.draw();
  };

  return {
    line: append,
    warn: (text) => append(`warning: ${text}`),
    live: status.set,
    async section(name, title, body) {
      if (!context.env.GITLAB_CI) {
        append(title);
        return await body();
      }
      const seconds = (): number => Math.floor(context.clock.now().getTime() / 1000);
      write(`section_start:${seconds()}:${name}\r\u001B[0K${title}\n`);
      try {
        return await body();
      } finally {
        write(`section_end:${seconds()}:${name}\r\u001B[0K\n`);
      }
    },
    close: status.close,
  };
}

interface StatusLine {
  set(text: string): void;
  draw(): void;
  clear(): void;
  close(): void;
}

function createStatusLine(
  context: Context,
  write: (text: string) => void,
  elapsed: () => string,
): StatusLine {
  let text = '';
  let frame = 0;
  let timer: NodeJS.Timeout | undefined;
  const shown = (): boolean => context.isInteractive && text !== '';
  const clear = (): void => {
    if (shown()) write(CLEAR_LINE);
  };
  const draw = (): void => {
    if (!shown()) return;
    frame = (frame + 1) % FRAMES.length;
    write(`${CLEAR_LINE}${elapsed()}  ${FRAMES[frame]} ${text}`);
  };
  return {
    draw,
    clear,
    set(next) {
      if (!context.isInteractive) return;
      clear();
      text = next;
      timer ??= setInterval(draw, 120).unref();
      draw();
    },
    close() {
      clear();
      text = '';
      clearInterval(timer);
    },
  };
}
