import { EntitySchema, EntitySchemaOptions } from 'typeorm';

/** {@link EntitySchemaOptions} as a plain object; TypeORM declares it as a class. */
type TableOptions<Row> = {
  readonly [Option in keyof EntitySchemaOptions<Row>]: EntitySchemaOptions<Row>[Option];
};

export function table<Row extends object>(options: TableOptions<Row>): EntitySchema<Row> {
  return new EntitySchema(Object.assign(new EntitySchemaOptions<Row>(), options));
}
