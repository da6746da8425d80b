export type Strength = { score: 0 | 1 | 2 | 3; long: boolean; tooPlain: boolean };

export const MIN_LENGTH = 10;

/**
 * How hard a password is to guess, roughly: length first (NIST SP 800-63B), then variety, against runs and
 * the person's own words. The server has the last word.
 */
export function strength(password: string, own: string[] = []): Strength {
  const folded = password.toLowerCase();
  const distinct = new Set(folded).size;
  const hasOwn = own.some((word) => word.length >= 3 && folded.includes(word.toLowerCase()));
  const plain = /^(.)\1+$/.test(folded) || /(0123|1234|abcd|qwer|asdf|password|matkhau|mật khẩu)/.test(folded);
  const tooPlain = hasOwn || plain || (password.length > 0 && distinct < 5);
  const long = password.length >= MIN_LENGTH;
  if (!long || tooPlain) return { score: password.length === 0 ? 0 : 1, long, tooPlain };
  const classes = [/[a-zà-ỹ]/, /[A-ZÀ-Ỹ]/, /\d/, /[^\p{L}\d]/u].filter((one) => one.test(password)).length;
  return { score: password.length >= 14 || classes >= 3 ? 3 : 2, long, tooPlain };
}
