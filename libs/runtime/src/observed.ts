/** The port with some of its methods replaced; these call the port itself for what they observe. */
export function observed<Port extends object>(port: Port, methods: Partial<Port>): Port {
  const bound = new Map<PropertyKey, unknown>();
  return new Proxy(port, {
    get(target, key) {
      if (bound.has(key)) return bound.get(key);
      const value: unknown = Reflect.get(key in methods ? methods : target, key);
      if (typeof value !== 'function') return value;
      const method: unknown = value.bind(target);
      bound.set(key, method);
      return method;
    },
  });
}
