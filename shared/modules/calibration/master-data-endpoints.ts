import * as z from 'zod';
import { emailForm, phoneForm } from '../../kernel/languages/index.ts';
import { anyOf, between, equal, equalOrBlinded, exactly } from '../../platform/endpoints/index.ts';
import type { RecordKind } from '../../platform/records/index.ts';
import { Customer, CustomerForm, CustomerView, customerKind, NewCustomer } from './customer.ts';
import { EquipmentChange, EquipmentView, equipmentKind, NewEquipment } from './equipment.ts';
import { masterDataEndpoints } from './master-data.ts';
import { NewProcedure, ProcedureChange, ProcedureView, procedureKind } from './procedure.ts';
import { DayText, RecordId, ShortText, Status } from './schema.ts';
import { NewStandard, Standard, StandardView, standardKind } from './standard.ts';

const status = anyOf(Status);

const customers = masterDataEndpoints({
  kind: customerKind,
  path: '/customers',
  noun: ['a customer', 'Customers'],
  view: CustomerView,
  create: NewCustomer,
  change: Customer.omit({ status: true }).partial(),
  filters: { name: equalOrBlinded(ShortText), form: anyOf(CustomerForm), status },
  personal: { email: exactly(z.email().max(254), emailForm), phone: exactly(ShortText, phoneForm) },
  sorts: ['name'],
  example: {
    create: {
      name: 'Helvane Precision Turbines Ltd',
      address: ['Unit 7, Foundry Lane', '20981 Eastmoor'],
      contacts: [{ name: 'Dr Ingrid Sørensen', email: 'quality@helvane.example', role: 'Quality Assurance' }],
    },
    change: { address: ['Unit 9, Foundry Lane', '20981 Eastmoor'] },
  },
});

const equipment = masterDataEndpoints({
  kind: equipmentKind,
  path: '/equipment',
  noun: ['an instrument', 'Instruments'],
  owner: {
    kind: customerKind as RecordKind,
    field: 'customerId',
    idOf: ({ customerId }) => customerId,
  },
  view: EquipmentView,
  create: NewEquipment,
  change: EquipmentChange,
  filters: {
    customerId: anyOf(RecordId),
    serial: equal(ShortText),
    assetNumber: equal(ShortText),
    status,
    dueDate: between(DayText),
  },
  sorts: ['serial', 'assetNumber', 'dueDate'],
  example: {
    create: {
      customerId: 'cus_01kapx0000000000000000000a',
      description: 'Digital external micrometer',
      maker: 'Mitutoyo',
      model: '293-240-30',
      serial: '71804226',
      assetNumber: 'HPT-MET-0319',
      range: { from: 0, to: 25, unit: 'mm' },
      resolution: { value: 0.001, unit: 'mm' },
      tolerance: { constant: 4, unit: 'µm', source: 'ISO 3611:2010' },
      intervalMonths: 12,
    },
    change: { location: 'Tool room 2' },
  },
});

const procedures = masterDataEndpoints({
  kind: procedureKind,
  path: '/procedures',
  noun: ['a procedure', 'Procedures'],
  view: ProcedureView,
  create: NewProcedure,
  change: ProcedureChange,
  filters: { code: equal(ShortText), status },
  sorts: ['code', 'title'],
  example: {
    create: {
      code: 'MCL-DIM-014',
      title: 'Calibration of external micrometers by gauge blocks',
      version: '4.2',
      quantity: 'length',
      unit: 'mm',
      errorUnit: 'µm',
      model: 'indication',
      readings: 5,
      testPoints: [2.5, 10.3, 25].map(value => ({ value, unit: 'mm' })),
      environment: ['temperature', 'humidity'],
      contributions: [
        {
          name: 'Difference of temperatures',
          unit: 'K',
          spread: { kind: 'rectangular', halfWidth: 0.2 },
          sensitivity: { constant: 0, perNominal: 1.15e-5 },
          sensitivityUnit: 'mm/K',
        },
      ],
    },
    change: { version: '4.3' },
  },
});

const standards = masterDataEndpoints({
  kind: standardKind,
  path: '/standards',
  noun: ['a reference standard', 'Reference standards'],
  view: StandardView,
  create: NewStandard,
  change: Standard.omit({ status: true }).partial(),
  filters: {
    serial: equal(ShortText),
    assetNumber: equal(ShortText),
    status,
    validUntil: between(DayText),
  },
  sorts: ['assetNumber', 'validUntil'],
  example: {
    create: {
      description: 'Gauge block set, steel, grade 0, 122 pieces',
      maker: 'Mitutoyo',
      model: '516-344',
      serial: '0711452',
      assetNumber: 'GB-047',
      certificateNumber: 'PTB 50812/25',
      laboratory: 'PTB, Braunschweig',
      traceability: 'SI, through PTB',
      issuedAt: '2026-01-15',
      validUntil: '2028-01-14',
      uncertainty: { constant: 0.05, proportional: 5e-7, unit: 'µm' },
      coverageFactor: 2,
      drift: { constant: 0.02, proportional: 2.5e-7, unit: 'µm' },
      range: { from: 0, to: 100, unit: 'mm' },
    },
    change: { validUntil: '2027-07-14' },
  },
});

export const masterDataRoutes = [...customers, ...equipment, ...procedures, ...standards];
