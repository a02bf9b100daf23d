import { convertDifference, type Quantity } from '../../../kernel/quantities/index.ts';
import type { Contribution } from './point.ts';
import { type Spread, standardize } from './type-b.ts';

type Known = Readonly<{ value: number; spread: Spread }>;

/**
 * What a comparison of lengths knows of temperature. `expansion` is the mean linear expansion coefficient of item
 * and standard in 1/K, `expansionDifference` that of the item less that of the standard in 1/K,
 * `temperatureDifference` item less standard in K, `deviation` the mean temperature less 20 °C in K.
 */
export type ThermalInput = Readonly<{
  length: Quantity;
  expansion: Known;
  expansionDifference: Known;
  temperatureDifference: Known;
  deviation: Known;
}>;

/**
 * Budget rows for thermal expansion when an item measures a length standard: E = l − L + L(ᾱ·Δt + Δα·θ), to
 * first order (EA-4/02 S10, GUM H.1.2 with its sign turned, as the item indicates). Where Δα and θ are both zero
 * but uncertain, their product counts as a row of its own (GUM 5.1.2 note, EA-4/02 S4).
 * Throws UnitError unless `length` is a length.
 */
export function thermalExpansionRows(input: ThermalInput): Contribution[] {
  const length = convertDifference(input.length, 'm').value;
  const { expansion, expansionDifference, temperatureDifference, deviation } = input;
  const perKelvin = { sensitivityUnit: 'm/K', unit: 'K' };
  const perExpansion = { sensitivityUnit: 'm·K', unit: '1/K' };
  const rows: Contribution[] = [
    {
      ...{
        name: 'temperature_difference',
        symbol: 'Δt',
        estimate: temperatureDifference.value,
        corrects: true,
      },
      ...{ spread: temperatureDifference.spread, sensitivity: length * expansion.value, ...perKelvin },
    },
    {
      ...{ name: 'expansion', symbol: 'ᾱ', estimate: expansion.value },
      ...{ spread: expansion.spread, sensitivity: length * temperatureDifference.value, ...perExpansion },
    },
    {
      ...{ name: 'expansion_difference', symbol: 'Δα', estimate: expansionDifference.value, corrects: true },
      ...{ spread: expansionDifference.spread, sensitivity: length * deviation.value, ...perExpansion },
    },
    {
      ...{ name: 'temperature_deviation', symbol: 'θ', estimate: deviation.value },
      ...{ spread: deviation.spread, sensitivity: length * expansionDifference.value, ...perKelvin },
    },
  ];
  const product = standardProduct(expansionDifference.spread, deviation.spread);
  rows.push({
    ...{ name: 'expansion_times_deviation', symbol: 'Δα·θ', estimate: 0, unit: '1' },
    ...{
      spread: { kind: 'standard', standardUncertainty: product },
      sensitivity: length,
      sensitivityUnit: 'm',
    },
  });
  return rows.filter(row => row.sensitivity !== 0);
}

function standardProduct(left: Spread, right: Spread): number {
  return standardize(left).standardUncertainty * standardize(right).standardUncertainty;
}
