/** Hardly anybody's: a listener on 0.0.0.0 with the same port would be in the way on every loopback address. */
export const appPort = 18_471;
