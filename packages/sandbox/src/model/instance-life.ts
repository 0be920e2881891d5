import type { Context } from './context.ts';
import type { Instance } from './instance.ts';
import type { InstanceStore } from './instance-store.ts';

/** The physical side of an instance: power, plug, the guest's own end. */
export interface InstanceLife {
  /** Boots it after the boot latency; `done` is told whether it came to run, or was deleted first. */
  powerOn(id: string, done?: (isRunning: boolean) => void): void;
  /** Presses the power button (or pulls the plug, by switch); `onStopped` also when the guest was already off. */
  powerOff(id: string, onStopped: () => void): void;
  /** Pulls the plug and removes the instance. */
  destroy(id: string, options?: { readonly deregisterFirst?: boolean }): void;
  /** Calls once when the instance is gone, however that happens. */
  whenGone(id: string, task: () => void): void;
}

export interface InstanceLifeParts {
  readonly context: Context;
  readonly store: InstanceStore;
  readonly imageOf: (templateId: string) => unknown;
  /** It is switched on, and nothing will ever answer. `life` is another one for each time. */
  readonly failsToBoot: (instance: Instance, life: string) => boolean;
}

export function createInstanceLife(parts: InstanceLifeParts): InstanceLife {
  const { context, store, imageOf, failsToBoot } = parts;
  /** Counts power-ons, so that the exit of an earlier life is not taken for that of the present one. */
  const lives = new Map<string, number>();
  const waitingForStop = new Map<string, () => void>();
  const waitingForEnd = new Map<string, (() => void)[]>();

  function powerOn(id: string, done: (isRunning: boolean) => void = () => {}): void {
    if (store.find(id)?.state === 'stopped') store.change(id, { state: 'starting' });
    const life = (lives.get(id) ?? 0) + 1;
    lives.set(id, life);
    context.after(context.duration('bootMs', `${id} life ${life}`), () => {
      const instance = store.find(id);
      const isStarting = instance?.state === 'starting' && lives.get(id) === life;
      if (isStarting) boot(instance, life);
      done(isStarting);
    });
  }

  function boot(instance: Instance, life: number): void {
    const { id } = instance;
    // On before it starts, since a body may exit at once; `running` after, since probes begin then.
    store.change(id, { isOn: true });
    if (!failsToBoot(instance, `${id} life ${life}`)) {
      context.body.start(bodySpec(instance, imageOf(instance.templateId)), () => {
        if (lives.get(id) === life) exited(id);
      });
    }
    if (store.find(id)?.isOn) store.change(id, { state: 'running' });
  }

  function exited(id: string): void {
    const instance = store.find(id);
    if (instance?.isOn !== true) return;
    const isLeaving = instance.state === 'destroying';
    store.change(id, isLeaving ? { isOn: false } : { isOn: false, state: 'stopped' });
    const onStopped = waitingForStop.get(id);
    waitingForStop.delete(id);
    onStopped?.();
  }

  function pullPlug(id: string): void {
    context.body.kill(id);
    exited(id);
  }

  function powerOff(id: string, onStopped: () => void): void {
    waitingForStop.set(id, onStopped);
    const life = lives.get(id);
    store.change(id, { state: 'stopping' });
    if (!context.switches.stopIsAcpi) {
      pullPlug(id);
      return;
    }
    context.body.stop(id);
    context.after(context.duration('acpiTimeoutMs', id), () => {
      if (lives.get(id) === life && store.find(id)?.state === 'stopping') pullPlug(id);
    });
  }

  function destroy(id: string, options: { readonly deregisterFirst?: boolean } = {}): void {
    if (store.find(id) === undefined || store.find(id)?.state === 'destroying') return;
    const isDeregistered = options.deregisterFirst ?? false;
    store.change(id, { state: 'destroying', isDeregistered });
    context.after(isDeregistered ? context.duration('deregisterMs', id) : 0, () => {
      pullPlug(id);
      context.after(context.duration('destroyMs', id), () => {
        store.change(id, { state: 'destroyed' });
        for (const task of waitingForEnd.get(id) ?? []) task();
        waitingForEnd.delete(id);
        lives.delete(id);
      });
    });
  }

  function whenGone(id: string, task: () => void): void {
    if (store.find(id) === undefined) task();
    else waitingForEnd.set(id, [...(waitingForEnd.get(id) ?? []), task]);
  }

  return { powerOn, powerOff, destroy, whenGone };
}

function bodySpec(instance: Instance, image: unknown) {
  const { id: instanceId, name, templateId, address } = instance;
  const userData = Buffer.from(instance.userData, 'base64').toString('utf8');
  return { instanceId, name, templateId, image, address, userData };
}
