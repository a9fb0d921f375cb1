import type { Json } from '@workflow-engine/contracts';
import { ChevronRight, Download } from 'lucide-react';
import { type ReactNode, useMemo, useState } from 'react';

import { CopyButton } from './copy-button';
import { bytes } from './format';

const shownEntries = 100;
const shownCharacters = 600;
const openDepth = 2;

export interface JsonViewProps {
  readonly value: Json;
  /** Of the file that it is downloaded as, and for screen readers. */
  readonly name: string;
  /** A heading, in one line with what can be done. */
  readonly title?: ReactNode;
}

/** JSON as a tree: long texts and lists are cut, the whole of it is a download away. Text is always only text. */
export function JsonView({ value, name, title }: JsonViewProps) {
  const text = useMemo(() => JSON.stringify(value, null, 2), [value]);
  const [search, setSearch] = useState('');
  const isLarge = text.length > 400;
  return (
    <div className="json">
      <div className="json-bar">
        {title}
        {isLarge ? (
          <input
            type="search"
            placeholder="find"
            aria-label={`Find in ${name}`}
            value={search}
            onChange={({ target }) => setSearch(target.value)}
          />
        ) : (
          <span className="spacer" />
        )}
        <span className="muted number">{bytes(text.length)}</span>
        <CopyButton text={text} label={`Copy ${name}`} />
        <button
          type="button"
          className="icon-button"
          aria-label={`Download ${name}`}
          title="Download as JSON"
          onClick={() => download(text, `${name}.json`)}
        >
          <Download size={14} aria-hidden />
        </button>
      </div>
      <div className="json-tree" tabIndex={0} role="group" aria-label={name}>
        <Value value={value} depth={0} search={search.toLowerCase()} />
      </div>
    </div>
  );
}

interface ValueProps {
  readonly value: Json;
  readonly depth: number;
  readonly search: string;
  readonly label?: string;
}

function Value({ value, depth, search, label }: ValueProps) {
  const name = label === undefined ? null : <span className="json-key">{marked(label, search)}: </span>;
  if (typeof value === 'object' && value !== null) {
    return <Branch value={value} depth={depth} search={search} name={name} />;
  }
  return (
    <div className="json-leaf">
      {name}
      <Leaf value={value} search={search} />
    </div>
  );
}

function Leaf({
  value,
  search,
}: {
  readonly value: null | boolean | number | string;
  readonly search: string;
}) {
  const [whole, setWhole] = useState(false);
  if (typeof value !== 'string') return <span className="json-plain">{marked(String(value), search)}</span>;
  const cut = value.length > shownCharacters && !whole;
  return (
    <span className="json-text">
      &quot;{marked(cut ? value.slice(0, shownCharacters) : value.slice(0, shownCharacters * 50), search)}
      &quot;
      {cut && (
        <button type="button" className="link-button" onClick={() => setWhole(true)}>
          … {bytes(value.length)} in all
        </button>
      )}
    </span>
  );
}

interface BranchProps extends Omit<ValueProps, 'value' | 'label'> {
  readonly value: Exclude<Json, null | boolean | number | string>;
  readonly name: ReactNode;
}

function Branch({ value, depth, search, name }: BranchProps) {
  const isList = Array.isArray(value);
  const entries = Object.entries<Json>(value as Readonly<Record<string, Json>>);
  const matching = useMemo(
    () => (search === '' ? entries : entries.filter(([key, child]) => contains(key, child, search))),
    [entries, search],
  );
  const [open, setOpen] = useState(depth < openDepth);
  const [limit, setLimit] = useState(shownEntries);
  const [start, end] = isList ? '[]' : '{}';
  if (entries.length === 0) {
    return (
      <div className="json-leaf">
        {name}
        {start}
        {end}
      </div>
    );
  }
  const isOpen = open || (search !== '' && matching.length > 0);
  return (
    <div className="json-branch">
      <button type="button" className="json-toggle" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <ChevronRight size={12} aria-hidden />
        {name}
        <span className="muted">{isList ? `[${entries.length}]` : `{${entries.length}}`}</span>
      </button>
      {isOpen && (
        <div className="json-children">
          {matching.slice(0, limit).map(([key, child]) => (
            <Value key={key} label={key} value={child} depth={depth + 1} search={search} />
          ))}
          {matching.length > limit && (
            <button type="button" className="link-button" onClick={() => setLimit(limit + shownEntries)}>
              … {matching.length - limit} more
            </button>
          )}
        </div>
      )}
    </div>
  );
}

/** Looks no deeper than it has to, and gives up on giants: the download has them all. */
function contains(key: string, value: Json, search: string): boolean {
  if (key.toLowerCase().includes(search)) return true;
  return JSON.stringify(value).slice(0, 1_000_000).toLowerCase().includes(search);
}

function marked(text: string, search: string): ReactNode {
  const at = search === '' ? -1 : text.toLowerCase().indexOf(search);
  if (at < 0) return text;
  return (
    <>
      {text.slice(0, at)}
      <mark>{text.slice(at, at + search.length)}</mark>
      {text.slice(at + search.length)}
    </>
  );
}

export function download(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken it by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
