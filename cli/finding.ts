/** One thing the doctor looked at. */
export interface Finding {
  check: string;
  detail: string;
  /** What to do; null where nothing is wrong. */
  fix: string | null;
}

export const ok = (check: string, detail: string): Finding => ({ check, detail, fix: null });
export const problem = (check: string, detail: string, fix: string): Finding => ({ check, detail, fix });
