// The shapes the server says it answers with (docs/openapi.json), and two ways to speak of them.
import type { components } from './types';

/** The answers and their parts, by the names of the description. */
export type Schemas = components['schemas'];

/** A shape in which some fields are told more closely: words where the description says text, parts that have words
 * themselves. A field that the server does not have, or has otherwise, is an error here. */
export type Told<
  Shape,
  Closer extends { [Field in keyof Closer]: Field extends keyof Shape ? Shape[Field] : never },
> = Omit<Shape, keyof Closer> & Closer;
