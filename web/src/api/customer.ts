// Customers, their names and their time lines.
import type { Schemas, Told } from './described';

/** Found by a search. */
export type FoundCustomer = Schemas['FoundCustomer'];
export type FoundCustomers = Schemas['CustomerList'];
export type Touchpoint = Schemas['CustomerTouchpoint'];
export type CustomerLine = Schemas['CustomerTimeLine'];

export type Identity = Schemas['Identity'];
export type IdentityLink = Schemas['IdentityLink'];
export type IdentityList = Schemas['LinkList'];
export type IdentityChange = Schemas['LinkChange'];
export type IdentityConflict = Told<
  Schemas['IdentityConflict'],
  { kind: 'shared_session' | 'shared_email' | 'circle' }
>;
