import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parse, parseAllDocuments } from 'yaml';

import { workspaceRoot } from '../app-process';

const folder = join(workspaceRoot, 'docker/kubernetes');

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly [field: string]: unknown;
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly ports: readonly { readonly containerPort: number }[];
  readonly envFrom: readonly {
    readonly configMapRef?: { readonly name: string };
    readonly secretRef?: { readonly name: string };
  }[];
}

/** All that the kustomization names. */
export function manifests(): readonly Manifest[] {
  const { resources } = parse(readFileSync(join(folder, 'kustomization.yaml'), 'utf8')) as {
    resources: readonly string[];
  };
  return resources.flatMap((file) =>
    parseAllDocuments(readFileSync(join(folder, file), 'utf8')).map(
      (document) => document.toJS() as Manifest,
    ),
  );
}

/** What the autoscaler asks Prometheus. */
export function scalingQueries(): readonly string[] {
  return manifests()
    .filter(({ kind }) => kind === 'ScaledObject')
    .flatMap(({ spec }) => (spec as { triggers: readonly { metadata: { query: string } }[] }).triggers)
    .map(({ metadata }) => metadata.query);
}

/**
 * A program in which every manifest is a literal of the type generated from its published schema: whoever compiles it
 * is told of unknown fields too, which a cluster would drop in silence.
 */
export function typedProgram(documents: readonly Manifest[]): string {
  return documents
    .map((document, index) => {
      const { apiVersion, kind } = document;
      const library = apiVersion.startsWith('keda.sh/') ? '@kubernetes-models/keda' : 'kubernetes-models';
      const type = `import('${library}/${apiVersion}').I${kind}`;
      return `export const manifest${index}: ${type} = ${JSON.stringify(document)};\n`;
    })
    .join('');
}
