import type { Application, Request } from 'express';

/** What Express' router knows of a route; its typings leave the matcher out. */
interface RouteLayer {
  readonly route?: { readonly methods: Readonly<Record<string, boolean>> };
  match(path: string): boolean;
}

/** Methods that the router would take for this path; none when the path is unknown. Only used to refuse. */
export function allowedMethods(request: Request): readonly string[] {
  const app: Application = request.app;
  const layers = app.router.stack as unknown as readonly RouteLayer[];
  const methods = new Set<string>();
  for (const layer of layers) {
    if (layer.route === undefined || !layer.match(request.path)) continue;
    for (const method of Object.keys(layer.route.methods)) methods.add(method.toUpperCase());
  }
  if (methods.has('GET')) methods.add('HEAD');
  return [...methods].sort();
}
