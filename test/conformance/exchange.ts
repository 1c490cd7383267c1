import type { Http, HttpAnswer, HttpCall } from '../../connectors/http.js';

/** One call of a connector and what the sandbox answered to it. */
export interface Exchange {
  call: HttpCall;
  answer: HttpAnswer;
}

/** The same client, with a record of what went through it. */
export function recording(http: Http): { http: Http; exchanges: Exchange[] } {
  const exchanges: Exchange[] = [];
  return {
    exchanges,
    http: async (call) => {
      const answer = await http(call);
      exchanges.push({ call, answer });
      return answer;
    },
  };
}

/** What is wrong with one exchange, by the specification. */
export interface Violation {
  /** As the specification names it, e.g. "POST /order"; the path as called where it names none. */
  operation: string;
  of: 'request' | 'answer';
  problem: string;
}

/** Compares exchanges with one vendor's specification. */
export interface Specification {
  check(exchange: Exchange): { operation: string; violations: Violation[] };
}
