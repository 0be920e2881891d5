import { resourceUsage } from 'node:process';

// A process that imports an image and does nothing else, so that its memory and its death are the import's. Plain
// JavaScript, as is the client that it is given: compiling TypeScript takes memory that no user's import takes.
const { EXOSCALE_API_KEY: key, EXOSCALE_API_SECRET: secret } = process.env;
const [client, file, name, bucket] = process.argv.slice(2);
const { createExoscale, importTemplate } = await import(client);
const exoscale = createExoscale({
  zone: process.env.EXOSCALE_ZONE,
  endpoint: process.env.EXOSCALE_API_ENDPOINT,
  credentials: () => ({ key, secret: { reveal: () => secret } }),
});
const template = await importTemplate(exoscale, { file, name, bucket });
const peakMiB = Math.round(resourceUsage().maxRSS / 1024);
process.stdout.write(`${JSON.stringify({ templateId: template.id, peakMiB })}\n`);
