import type { Cloud } from '../../src/model/cloud.ts';

/**
 * What happened to each entity of a cloud, in its own order. Between entities milliseconds decide, and real processes
 * need other milliseconds than simulated ones.
 */
export function keepEntityLog(cloud: Cloud): Map<string, string[]> {
  const log = new Map<string, string[]>();
  const sets = new Map<string, readonly string[]>();
  // By number: their ids depend on what went before, and a live sandbox has set up a world.
  const operations: string[] = [];

  function note(entity: string, text: string): void {
    log.set(entity, [...(log.get(entity) ?? []), text]);
  }

  function noteSet(set: string, now: readonly string[]): void {
    const before = sets.get(set) ?? [];
    sets.set(set, now);
    for (const id of now) if (!before.includes(id)) note(`${id} ${set}`, 'in');
    for (const id of before) if (!now.includes(id)) note(`${id} ${set}`, 'out');
  }

  cloud.subscribe((event) => {
    switch (event.type) {
      case 'instance-changed':
        note(event.instanceId, `${event.name} of ${event.templateId} is ${event.state}`);
        break;
      case 'pool-changed':
        note(event.poolId, `${event.state} with ${event.size} of ${event.templateId}`);
        break;
      case 'member-joined':
      case 'member-left':
        note(event.instanceId, event.type);
        break;
      case 'operation-started':
        operations.push(event.operationId);
        break;
      case 'operation-done': {
        const number = operations.indexOf(event.operationId);
        if (number !== -1) note(`operation ${number}`, `${event.command} ${event.state}`);
        break;
      }
      case 'template-registered':
      case 'template-failed':
        note(event.templateId, event.type);
        break;
      case 'rotation-changed':
      case 'serving-changed':
        noteSet(event.type, event.instanceIds);
        break;
    }
  });
  return log;
}
