import { checkDuration, durationSchema } from '@workflow-engine/dag';

interface EngineFormat {
  /** Why the text does not fit, or undefined when it does. */
  problem(text: unknown): string | undefined;
}

/** Formats that handlers' schemas may use beyond those of JSON Schema. */
const formats = new Map<string, EngineFormat>(
  Object.entries({
    [durationSchema.format]: {
      problem(text: unknown) {
        const checked = checkDuration(text);
        return checked.ok ? undefined : checked.message;
      },
    },
    'http-url': {
      problem(text: unknown) {
        if (typeof text === 'string' && /^https?:\/\//i.test(text) && URL.canParse(text)) return undefined;
        return `${JSON.stringify(text)} is no absolute http or https URL, such as "https://example.com/prices".`;
      },
    },
  }),
);

export const engineFormats: ReadonlyMap<string, (text: string) => boolean> = new Map(
  Array.from(formats, ([name, format]) => [name, (text: string) => format.problem(text) === undefined]),
);

/** What to say about a text that does not fit one of these formats; undefined for other formats. */
export function adviceOn(format: string, text: unknown): string | undefined {
  return formats.get(format)?.problem(text);
}
