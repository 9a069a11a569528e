// Schemas that have a name in the API's description. A registry of our own and not zod's global one, so that nothing is
// described but what the API answers. The schemas are the single source: the server checks requests with them, their
// types are the handlers' and the dashboard's, and the description at /openapi.json is made of them. They import
// nothing but zod, so that a program for the browser can take their types.
import { z } from "zod";

export const schemaRegistry = z.registry<{ id?: string }>();

/** Gives a schema its name in components/schemas. */
export function named<Schema extends z.ZodType>(id: string, schema: Schema): Schema {
  schemaRegistry.add(schema, { id });
  return schema;
}
