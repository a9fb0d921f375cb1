export interface TabBarProps<Id extends string> {
  readonly tabs: readonly { readonly id: Id; readonly name: string }[];
  readonly tab: Id;
  readonly onChange: (tab: Id) => void;
}

/** Tabs of the panel with the id `panel`; arrow keys go from one to the next. */
export function TabBar<Id extends string>({ tabs, tab, onChange }: TabBarProps<Id>) {
  return (
    <div
      className="tabs"
      role="tablist"
      aria-label="Views"
      onKeyDown={({ key, currentTarget }) => {
        const by = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0;
        if (by === 0) return;
        const index = tabs.findIndex(({ id }) => id === tab);
        const next = tabs[(index + by + tabs.length) % tabs.length];
        if (next === undefined) return;
        onChange(next.id);
        currentTarget.querySelector<HTMLElement>(`#tab-${next.id}`)?.focus();
      }}
    >
      {tabs.map(({ id, name }) => (
        <button
          key={id}
          id={`tab-${id}`}
          type="button"
          role="tab"
          aria-selected={id === tab}
          aria-controls="panel"
          tabIndex={id === tab ? 0 : -1}
          onClick={() => onChange(id)}
        >
          {name}
        </button>
      ))}
    </div>
  );
}
