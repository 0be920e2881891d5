import type { Handler, HttpRequest, HttpResponse } from '../http/exchange.ts';

/** A call of API v2 and its answer, as they stood on the wire; an injected fault is in the answer. */
export interface ApiExchange {
  readonly request: HttpRequest;
  readonly response: HttpResponse;
}

/** The same handler, with somebody who is told of every exchange. */
export function watched(handler: Handler, onExchange: (exchange: ApiExchange) => void): Handler {
  return async (request) => {
    const response = await handler(request);
    onExchange({ request, response });
    return response;
  };
}
