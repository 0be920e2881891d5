interface Flight<T> {
  readonly value: Promise<T>;
  readonly controller: AbortController;
  waiting: number;
}

/**
 * Shares one run of `start` between everybody who asks while it is under way, and its value ever after; a failure is
 * not kept. One caller's abort leaves the others alone; when the last one leaves, the run is aborted.
 */
export function singleFlight<T>(
  start: (signal: AbortSignal) => Promise<T>,
): (signal?: AbortSignal) => Promise<T> {
  let flight: Flight<T> | undefined;
  let landed: { readonly value: T } | undefined;

  return async (signal) => {
    signal?.throwIfAborted();
    if (landed !== undefined) return landed.value;
    flight ??= launch();
    const current = flight;
    current.waiting++;
    try {
      return await (signal === undefined ? current.value : orAborted(current.value, signal));
    } finally {
      current.waiting--;
      if (current.waiting === 0 && landed === undefined) {
        if (flight === current) flight = undefined;
        current.controller.abort(signal?.reason);
      }
    }
  };

  function launch(): Flight<T> {
    const controller = new AbortController();
    const value = start(controller.signal).then((result) => {
      landed = { value: result };
      return result;
    });
    // Everybody may have left by the time it fails.
    value.catch(() => {});
    return { value, controller, waiting: 0 };
  }
}

async function orAborted<T>(value: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const leave = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', leave, { once: true });
  try {
    return await Promise.race([value, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}
