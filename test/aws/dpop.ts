/** Checks DPoP proofs with a library that is not ours. Source: RFC 9449 §4.3 */
import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify } from 'jose';

export interface ProofFor {
  readonly method: string;
  /** Address of the request without query. */
  readonly url: string;
  /** The server's clock, milliseconds. */
  readonly now: number;
}

/** Thumbprint of the proof's key. Throws, with the reason, when the proof is not good for this request. */
export async function checkProof(
  proof: string | undefined,
  { method, url, now }: ProofFor,
  seen: Set<string>,
): Promise<string> {
  if (proof === undefined) throw new Error('DPoP header is missing');
  const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
    algorithms: ['ES256'],
    typ: 'dpop+jwt',
    currentDate: new Date(now),
    maxTokenAge: 300,
    clockTolerance: 300,
    requiredClaims: ['jti', 'htm', 'htu', 'iat'],
  });
  const { jwk } = protectedHeader;
  if (jwk === undefined || 'd' in jwk) throw new Error('DPoP key is missing or private');
  if (payload['htm'] !== method) throw new Error('DPoP htm does not match the request');
  if (payload['htu'] !== url) throw new Error('DPoP htu does not match the request');
  const id = payload.jti ?? '';
  if (seen.has(id)) throw new Error('DPoP proof was used before');
  seen.add(id);
  return calculateJwkThumbprint(jwk);
}
