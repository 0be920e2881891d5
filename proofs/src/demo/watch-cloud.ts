import type { Cloud } from '@exoship/sandbox';

/** What the sandbox saw, event by event, from the moment it was asked to watch. */
export interface CloudWatch extends Disposable {
  /** Fewest members in rotation whose last probe succeeded, at any moment so far. */
  minServing(serviceId: string): number | undefined;
  /** Every instance that was ever there, by template. */
  membersOf(templateId: string): ReadonlySet<string>;
}

export function watchCloud(cloud: Cloud): CloudWatch {
  const serving = new Map<string, number>();
  const templates = new Map<string, string>();
  for (const service of cloud.snapshot().services) serving.set(service.id, service.serving.length);
  const unsubscribe = cloud.subscribe((event) => {
    if (event.type === 'serving-changed') {
      const least = serving.get(event.serviceId) ?? Number.POSITIVE_INFINITY;
      serving.set(event.serviceId, Math.min(least, event.instanceIds.length));
    }
    if (event.type === 'instance-changed') templates.set(event.instanceId, event.templateId);
  });
  return {
    minServing: (serviceId) => serving.get(serviceId),
    membersOf: (templateId) =>
      new Set([...templates].filter(([, id]) => id === templateId).map(([id]) => id)),
    [Symbol.dispose]: unsubscribe,
  };
}
