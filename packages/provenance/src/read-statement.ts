import { malformed } from './read-attestation.ts';
import { PREDICATE_TYPE, STATEMENT_TYPE, type Statement } from './statement.ts';

/** Of a payload whose signature holds. @throws ProvenanceError `malformed` */
export function readStatement(payload: Buffer): Statement {
  let json: Partial<Statement> | null;
  try {
    json = JSON.parse(payload.toString());
  } catch {
    throw malformed('what is signed is not JSON');
  }
  if (json?._type !== STATEMENT_TYPE) throw malformed(`what is signed is no "${STATEMENT_TYPE}"`);
  if (json.predicateType !== PREDICATE_TYPE) {
    throw malformed(`its predicate is no "${PREDICATE_TYPE}"`);
  }
  const metadata = json.predicate?.runDetails?.metadata;
  if (!Array.isArray(json.subject) || Number.isNaN(Date.parse(String(metadata?.finishedOn)))) {
    throw malformed('it does not say what was made, or when');
  }
  return json as Statement;
}
