import type { Duplex } from 'node:stream';

/** Long enough for a guest to have noticed, short enough for one that was still booting. */
const pressAgainMs = 3_000;

/**
 * Presses the power button over QEMU's machine protocol, again and again until the machine is off: a guest that has not
 * yet loaded its driver never learns of a single press.
 */
export function pressPowerButton(orders: Duplex): void {
  const press = () => void orders.write('{"execute":"system_powerdown"}\n');
  orders.write('{"execute":"qmp_capabilities"}\n');
  press();
  const again = setInterval(press, pressAgainMs);
  orders.once('close', () => clearInterval(again));
}
