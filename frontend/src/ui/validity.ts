import { number } from '../strings/format.svelte.ts';
import { t } from '../strings/i18n.svelte.ts';

type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/** What is wrong with a field, in the page's language; '' where only the browser knows. */
function wrong(field: Field): string {
  const { validity } = field;
  if (validity.valueMissing) return t('invalid.missing');
  if (validity.tooShort && 'minLength' in field) return t('invalid.short', { n: field.minLength });
  if (validity.rangeUnderflow && 'min' in field) return t('invalid.least', { n: number(Number(field.min), 3) });
  if (validity.rangeOverflow && 'max' in field) return t('invalid.most', { n: number(Number(field.max), 3) });
  if (validity.badInput) return t('invalid.number');
  return validity.patternMismatch || validity.stepMismatch ? t('invalid.pattern') : '';
}

/**
 * Browsers say in their own language what is wrong with a field of a form. On a page in another language that is no
 * help, so ours is said in its place: put on the field when it is found wrong, taken off before it is looked at again.
 */
export function sayValidity(): void {
  const said = new Set<Field>();
  const forget = (): void => {
    for (const field of said) field.setCustomValidity('');
    said.clear();
  };
  document.addEventListener('click', forget, true);
  document.addEventListener('input', forget, true);
  document.addEventListener('keydown', (event) => event.key === 'Enter' && forget(), true);
  document.addEventListener(
    'invalid',
    (event) => {
      const field = event.target as Field;
      const text = field.validity.customError ? '' : wrong(field);
      if (!text) return;
      field.setCustomValidity(text);
      said.add(field);
    },
    true,
  );
}
