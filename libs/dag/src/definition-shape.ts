import { inside, quoted } from './fault-report';
import { isPlainObject, textProblem } from './json-check';
import { maxLabels, maxLength } from './limits';
import {
  type Check,
  checkShape,
  duration,
  freeObject,
  freeValue,
  isLongerThan,
  type Shape,
  text,
  wrongType,
} from './shape';

const labelValue = text('A label', 0, maxLength.labelValue);

const labels: Check = (value, place, checking) => {
  if (!isPlainObject(value)) {
    wrongType(value, place, checking, '"labels" must be an object of strings');
    return;
  }
  const keys = Object.keys(value);
  if (keys.length > maxLabels) {
    checking.report.add(
      'TOO_MANY_LABELS',
      place,
      `There are ${keys.length} labels, more than ${maxLabels}. Keep those you search by.`,
    );
    return;
  }
  for (const key of keys) {
    const problem = textProblem(key);
    if (key === '__proto__') {
      checking.report.add('FORBIDDEN_KEY', place, 'The label "__proto__" is not allowed. Rename it.');
    } else if (key === '' || isLongerThan(key, maxLength.labelKey)) {
      checking.report.add(
        'INVALID_LENGTH',
        place,
        () => `The label name ${quoted(key)} must have 1 to ${maxLength.labelKey} characters.`,
      );
    } else if (problem !== undefined) {
      checking.report.add('INVALID_TEXT', place, () => `The label name ${quoted(key)} ${problem}`);
    }
    labelValue(value[key], inside(place, key), checking);
  }
};

/** The document itself. Checking the nodes is left to the given check, which knows the limits. */
export function definitionShape(nodes: Check): Shape {
  const dag: Shape = {
    what: '"dag"',
    required: ['nodes'],
    fields: new Map([['nodes', nodes]]),
    aliases: new Map([
      ['tasks', 'nodes'],
      ['steps', 'nodes'],
      ['vertices', 'nodes'],
      ['edges', 'nodes[].dependencies'],
    ]),
  };
  return {
    what: 'A definition',
    required: ['name', 'dag'],
    fields: new Map<string, Check>([
      ['name', text('The name', 1, maxLength.name)],
      ['description', text('The description', 0, maxLength.description)],
      ['labels', labels],
      ['input_schema', freeObject('"input_schema"')],
      ['output', freeValue],
      ['timeout', duration('"timeout"', true)],
      ['dag', (value, place, checking) => void checkShape(dag, value, place, checking)],
    ]),
    unsupported: new Set(['failure_workflow']),
    aliases: new Map([
      ['nodes', 'dag.nodes'],
      ['tasks', 'dag.nodes'],
      ['steps', 'dag.nodes'],
      ['id', 'name'],
      ['title', 'name'],
      ['tags', 'labels'],
      ['outputs', 'output'],
      ['result', 'output'],
    ]),
  };
}
