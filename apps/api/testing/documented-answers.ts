import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020';
import { fullFormats } from 'ajv-formats/dist/formats';

interface MediaTypes {
  readonly content?: Readonly<Record<string, { readonly schema?: object }>>;
}

interface Operation {
  readonly responses: Readonly<Record<string, MediaTypes>>;
}

export interface OpenApi {
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

export interface Answer {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly mediaType: string;
  readonly body: unknown;
}

/** Compares what the API answers with what its OpenAPI document promises. */
export class DocumentedAnswers {
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true });
  private readonly validators = new Map<string, ValidateFunction>();

  constructor(private readonly document: OpenApi) {
    for (const [name, format] of Object.entries(fullFormats)) this.ajv.addFormat(name, format);
    this.ajv.addSchema(document, 'api');
  }

  /** What is wrong with the answer, or undefined. Unknown paths and methods are none of its business. */
  fault(answer: Answer): string | undefined {
    const route = this.routeOf(answer.path);
    const operation =
      route === undefined ? undefined : this.document.paths[route]?.[answer.method.toLowerCase()];
    if (route === undefined || operation === undefined) return undefined;
    const where = `${answer.method} ${route} -> ${answer.status}`;
    const promised = operation.responses[String(answer.status)];
    if (promised === undefined) return `${where} is not documented`;
    if (promised.content === undefined)
      return answer.body === '' ? undefined : `${where} has no documented body`;
    if (promised.content[answer.mediaType] === undefined)
      return `${where}: ${answer.mediaType} is not documented`;
    if (!answer.mediaType.endsWith('json')) return undefined;
    const pointer = ['paths', route, answer.method.toLowerCase(), 'responses', answer.status, 'content'];
    const validate = this.validator([...pointer, answer.mediaType, 'schema']);
    return validate(answer.body) ? undefined : `${where}: ${this.ajv.errorsText(validate.errors)}`;
  }

  /** Literal segments win over parameters. */
  private routeOf(path: string): string | undefined {
    const matching = Object.keys(this.document.paths).filter((route) =>
      new RegExp(`^${route.replace(/\{\w+\}/g, '[^/]+')}$`).test(path),
    );
    return matching.sort((a, b) => a.split('{').length - b.split('{').length)[0];
  }

  private validator(pointer: readonly (string | number)[]): ValidateFunction {
    const ref = `api#/${pointer.map((part) => encodeURIComponent(String(part).replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`;
    const known = this.validators.get(ref) ?? this.ajv.compile({ $ref: ref });
    this.validators.set(ref, known);
    return known;
  }
}
