import type { Context } from '../context.ts';
import { createLiveArea } from './live-area.ts';

/** What a person or a job log sees while a command works. Everything goes to stderr and passes the redactor. */
export interface Progress {
  /** One appended line that stays. */
  line(text: string): void;
  /** Like a line, but marked; CI logs are searched for it. */
  warn(text: string): void;
  /** What is going on right now: alive at the bottom of a terminal, left out of a job log. */
  live(text: string): void;
  /** Lines that stay above that and are redrawn in place, until they are taken away by `undefined`. */
  pin(render: (() => readonly string[]) | undefined): void;
  /** A block that GitLab folds. */
  section<T>(name: string, title: string, body: () => Promise<T>): Promise<T>;
  close(): void;
}

export function createProgress(context: Context): Progress {
  const startedMs = context.clock.monotonicMs();
  const elapsed = (): string =>
    `${((context.clock.monotonicMs() - startedMs) / 1000).toFixed(1).padStart(6)}s`;
  const write = (text: string): void => {
    context.stderr.write(context.redactor.redact(text));
  };
  const area = createLiveArea(context, write, elapsed);

  const append = (text: string): void => {
    area.clear();
    for (const part of text.split('\n')) write(`${elapsed()}  ${part}\n`);
    area.draw();
  };

  return {
    line: append,
    warn: (text) => append(`warning: ${text}`),
    live: area.set,
    pin: area.pin,
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
    close: area.close,
  };
}
