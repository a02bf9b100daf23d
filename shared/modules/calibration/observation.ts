import * as z from 'zod';
import { defineRecord } from '../../platform/records/index.ts';
import {
  conditionLike,
  InstantText,
  Measure,
  Performer,
  QuantityField,
  RecordId,
  recordFields,
  UnitText,
} from './schema.ts';
import { StandardAsUsed } from './standard.ts';

const EnvironmentField = z.strictObject({
  temperature: conditionLike('°C').optional(),
  humidity: conditionLike('%RH').optional(),
  pressure: conditionLike('kPa').optional(),
});

export const Run = z.enum(['as_found', 'as_left']);
export type Run = z.infer<typeof Run>;

const measured = z.strictObject({
  readings: z.array(Measure).min(1).max(100),
  readingUnit: UnitText,
  /** The value that the standard realises; the nominal value unless given. */
  reference: QuantityField,
  /** The display's smallest step at this point, where it differs from the item's usual one. */
  resolution: QuantityField.optional(),
  environment: EnvironmentField,
  takenAt: InstantText,
});

/** What was read at one test point of an item in one run, with what it was compared to and under what conditions. */
const Observation = measured.extend({
  srfId: RecordId,
  itemId: z.string(),
  pointId: z.string(),
  run: Run,
  standard: StandardAsUsed,
  takenBy: Performer,
  /** Who else changed it since; they may not sign it off either. */
  correctedBy: z.array(Performer),
});
export type ObservationData = z.infer<typeof Observation>;

export const ObservationView = Observation.extend(recordFields);

export const NewObservation = measured.extend({
  itemId: z.string().min(1).max(10),
  pointId: z.string().min(1).max(10),
  run: Run,
  standardId: RecordId,
  readingUnit: UnitText.optional(),
  reference: QuantityField.optional(),
  takenAt: InstantText.optional(),
});
export type NewObservation = z.infer<typeof NewObservation>;

/** A correction: what is sent replaces what was there; item, point and run stay. */
export const ObservationChange = NewObservation.omit({ itemId: true, pointId: true, run: true }).partial();
export type ObservationChange = z.infer<typeof ObservationChange>;

export const observationKind = defineRecord<ObservationData>({
  name: 'calibration.observation',
  prefix: 'obs',
  home: 'within',
  schema: Observation,
  indexed: observation => ({ itemId: observation.itemId, standardId: observation.standard.id }),
  readPermission: 'calibration.observation:read',
});
