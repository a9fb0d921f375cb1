import type { ComponentProps } from 'react';

/** The field that the key `/` leads to, and which names that key where there is a keyboard. */
export function SearchField({
  placeholder,
  ...rest
}: ComponentProps<'input'> & { readonly placeholder: string }) {
  const hasKeys = !matchMedia('(max-width: 760px), (pointer: coarse)').matches;
  return (
    <input type="search" data-search placeholder={hasKeys ? `${placeholder}  /` : placeholder} {...rest} />
  );
}
