export interface DefinitionPlace {
  /** Default: the newest. */
  readonly version?: number | undefined;
  /** JSON pointer of what to show in the definition's text. */
  readonly at?: string | undefined;
}

/** Where the console shows a definition. */
export function definitionPath(name: string, { version, at }: DefinitionPlace = {}): string {
  // These would lead to the editor, or out of here.
  const isPath = !['new', '.', '..'].includes(name);
  const query = new URLSearchParams({
    ...(!isPath && { name }),
    ...(version !== undefined && { version: String(version) }),
    ...(at !== undefined && { at }),
  }).toString();
  return `/definitions/${isPath ? encodeURIComponent(name) : 'named'}${query === '' ? '' : `?${query}`}`;
}

export function editorPath(name: string, version: number): string {
  return `/definitions/new?${new URLSearchParams({ from: name, version: String(version) })}`;
}

export function executionsPath(name: string): string {
  return `/executions?${new URLSearchParams({ name })}`;
}
