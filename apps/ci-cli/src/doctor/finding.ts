/** What one look led to. */
export interface Finding {
  readonly what: string;
  readonly verdict: 'ok' | 'warn' | 'fail' | 'skip';
  readonly detail: string;
  /** What to do about it; for what is not ok. */
  readonly mend?: string;
}

export const ok = (what: string, detail: string): Finding => ({ what, verdict: 'ok', detail });

export const warn = (what: string, detail: string, mend: string): Finding => ({
  what,
  verdict: 'warn',
  detail,
  mend,
});

export const fail = (what: string, detail: string, mend: string): Finding => ({
  what,
  verdict: 'fail',
  detail,
  mend,
});
