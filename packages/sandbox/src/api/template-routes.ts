import type { Template } from '../model/template.ts';
import { type Fields, invalid, need } from './fields.ts';
import { presentDate, presentOperation } from './present.ts';
import { type ApiCall, compute, type Route } from './route.ts';

const visibilities = ['public', 'private'] as const;

function presentTemplate(template: Template): object {
  return {
    id: template.id,
    name: template.name,
    description: template.description ?? '',
    family: template.family,
    version: template.version,
    build: template.build,
    maintainer: template.maintainer,
    visibility: template.visibility,
    'boot-mode': template.bootMode ?? 'legacy',
    checksum: template.checksum,
    size: template.sizeBytes,
    url: template.url,
    'default-user': template.defaultUser,
    'ssh-key-enabled': template.isSshKeyEnabled,
    'password-enabled': template.isPasswordEnabled,
    'created-at': presentDate(template.createdAt),
    zones: template.zones,
    'application-consistent-snapshot-enabled': false,
  };
}

function list({ cloud, zone, query }: ApiCall): object {
  const wanted = query.get('visibility');
  const visibility = visibilities.find((word) => word === wanted);
  if (wanted !== null && visibility === undefined) throw invalid('visibility');
  const filter = { visibility, family: query.get('family') ?? undefined };
  return { templates: cloud.templates.list(zone, filter).map(presentTemplate) };
}

function optionalText(body: Fields, name: string): string | undefined {
  return body.text(name) ?? undefined;
}

function register({ cloud, zone, body }: ApiCall): object {
  const checksum = need(body.text('checksum'), 'checksum');
  if (!/^[0-9a-f]{32}$/i.test(checksum)) throw invalid('checksum');
  const operation = cloud.templates.register(zone, {
    name: need(body.text('name'), 'name'),
    url: need(body.text('url'), 'url'),
    checksum: checksum.toLowerCase(),
    isSshKeyEnabled: need(body.boolean('ssh-key-enabled'), 'ssh-key-enabled'),
    isPasswordEnabled: need(body.boolean('password-enabled'), 'password-enabled'),
    description: optionalText(body, 'description'),
    version: optionalText(body, 'version'),
    build: optionalText(body, 'build'),
    maintainer: optionalText(body, 'maintainer'),
    defaultUser: optionalText(body, 'default-user'),
    bootMode: body.oneOf('boot-mode', ['legacy', 'uefi'] as const) ?? undefined,
  });
  return presentOperation(operation);
}

function copy({ cloud, zone, body, parameter }: ApiCall): object {
  const targetZone = need(body.id('target-zone', 'name'), 'target-zone');
  return presentOperation(cloud.templates.copy(zone, parameter('id'), targetZone));
}

export const templateRoutes: readonly Route[] = [
  compute('GET /template', 'list-templates', list),
  compute('POST /template', 'register-template', register),
  compute('GET /template/{id}', 'get-template', ({ cloud, zone, parameter }) =>
    presentTemplate(cloud.templates.get(zone, parameter('id'))),
  ),
  compute('POST /template/{id}', 'copy-template', copy),
  compute('DELETE /template/{id}', 'delete-template', ({ cloud, zone, parameter }) =>
    presentOperation(cloud.templates.delete(zone, parameter('id'))),
  ),
];
