import { useEffect, useRef, useState } from 'react';
import { useNavigate } from 'react-router';

import { Dialog } from './ui/dialog';

const goTo: Readonly<Record<string, string>> = {
  h: '/',
  e: '/executions',
  d: '/definitions',
  l: '/dead-letters',
  q: '/queues',
};

const shortcuts: readonly (readonly [string, string])[] = [
  ['/', 'search on this page'],
  ['g h', 'go home'],
  ['g e', 'go to executions'],
  ['g d', 'go to definitions'],
  ['g l', 'go to dead letters'],
  ['g q', 'go to queues'],
  ['j  k', 'next and previous in a list'],
  ['Enter', 'open'],
  ['Esc', 'close, or leave a field'],
  ['?', 'these keys'],
];

/** Keys that work everywhere, except while somebody types. */
export function KeyboardShortcuts() {
  const navigate = useNavigate();
  const [helping, setHelping] = useState(false);
  const prefix = useRef(false);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const target = event.target as HTMLElement;
      // The editor has its own use for Esc.
      if (target.matches('.json-editor')) return;
      if (target.matches('input, textarea, select, [contenteditable]')) {
        if (event.key === 'Escape') target.blur();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const path = prefix.current ? goTo[event.key] : undefined;
      prefix.current = event.key === 'g';
      if (path !== undefined) void navigate(path);
      else if (event.key === '?') setHelping(true);
      else if (event.key === '/') {
        event.preventDefault();
        document.querySelector<HTMLInputElement>('[data-search]')?.focus();
      } else if (event.key === 'Escape') closeBeside();
      else if (event.key === 'j' || event.key === 'k') moveFocus(event.key === 'j' ? 1 : -1);
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [navigate]);
  if (!helping) return null;
  return (
    <Dialog title="Keys" onClose={() => setHelping(false)}>
      <dl className="keys">
        {shortcuts.map(([keys, what]) => (
          <div key={keys}>
            <dt>
              {keys.split(/ +/).map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}

/** What is open beside the page's content marks the button that closes it; dialogs close by themselves. */
function closeBeside(): void {
  if (document.querySelector('dialog[open]') === null)
    document.querySelector<HTMLElement>('[data-close]')?.click();
}

/** Rows of lists mark the link that opens them. */
function moveFocus(by: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')];
  const current = rows.findIndex((row) => row === document.activeElement);
  rows[Math.min(rows.length - 1, Math.max(0, current + by))]?.focus();
}
