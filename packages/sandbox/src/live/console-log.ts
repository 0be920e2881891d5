/** The last words of an instance, as a serial console keeps them. */
export interface ConsoleLog {
  write(chunk: Buffer): void;
  text(): string;
}

/** Keeps the newest `limitBytes`, cut at whole chunks. */
export function createConsoleLog(limitBytes: number): ConsoleLog {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  return {
    write(chunk) {
      chunks.push(chunk.subarray(-limitBytes));
      sizeBytes += Math.min(chunk.length, limitBytes);
      while (sizeBytes > limitBytes) sizeBytes -= chunks.shift()?.length ?? 0;
    },
    text: () => Buffer.concat(chunks).toString('utf8'),
  };
}
