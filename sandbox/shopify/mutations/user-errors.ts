/** What a mutation answers inside a 200 when the shop's rules refuse it. */
export interface UserError {
  field: string[] | null;
  message: string;
  /** Only some payloads show one. */
  code?: string;
}

export function userError(field: string[] | null, message: string, code?: string): UserError {
  return { field, message, ...(code === undefined ? {} : { code }) };
}
