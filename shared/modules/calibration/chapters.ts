import type { Chapters } from '../../platform/module/index.ts';

export const calibrationChapters: Chapters = {
  customers: 'Whoever sends instruments, with their contacts.',
  equipment: 'Instruments of customers that are calibrated.',
  standards: 'Reference standards, with their traceability and due dates.',
  procedures: 'How an instrument of a kind is calibrated, and at which points.',
  srfs: 'Service requests from draft to certificate: workflow, observations, uncertainty budgets, approval.',
  observations: 'Readings at one test point.',
  certificates: 'What was issued: content, PDF, revisions, revocation.',
  'number-registers': 'Numbers without gaps, each with the document that has it.',
  public: 'Verification by strangers, without a login.',
};
