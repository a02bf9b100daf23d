/** An invented laboratory and its customers. Names, addresses and numbers belong to nobody. */
export const laboratory = {
  name: 'Northgate Calibration Laboratory',
  legalName: 'Northgate Metrology Ltd',
  address: ['14 Foundry Lane', 'Northgate Business Park', 'Leeds LS11 5QT', 'United Kingdom'],
  telephone: '+44 113 496 0142',
  email: 'laboratory@northgate.example',
  accreditation: {
    body: 'Demonstration Accreditation Service',
    number: 'DAS-0417',
    standard: 'ISO/IEC 17025:2017',
  },
  timeZone: 'Europe/London',
  currency: 'GBP',
  language: 'en',
  paper: 'A4',
  /** Usual room conditions; uncertainties with k = 2. */
  environment: {
    temperature: { value: 20.1, unit: '°C', uncertainty: 0.3 },
    humidity: { value: 46, unit: '%RH', uncertainty: 3 },
    pressure: { value: 1009, unit: 'hPa', uncertainty: 2 },
  },
  people: [
    { name: 'Amara Lindqvist', email: 'amara.lindqvist@northgate.example', role: 'technician' },
    { name: 'Tomasz Okafor', email: 'tomasz.okafor@northgate.example', role: 'technician' },
    { name: 'Helen Marchetti', email: 'helen.marchetti@northgate.example', role: 'reviewer' },
    { name: 'David Rahimi', email: 'david.rahimi@northgate.example', role: 'manager' },
  ],
} as const;

export const customers = [
  {
    name: 'Halden Pharma Production',
    address: ['Unit 3, Wharf Road', 'Hull HU1 2PB', 'United Kingdom'],
    contact: {
      name: 'Ingrid Solano',
      email: 'ingrid.solano@halden-pharma.example',
      telephone: '+44 1482 496 010',
    },
    regulated: true,
    decisionRule: { kind: 'guard_band', factor: 1 },
  },
  {
    name: 'Brightwater Precision Engineering',
    address: ['88 Canal Street', 'Sheffield S4 7ZE', 'United Kingdom'],
    contact: {
      name: 'Marek Delaney',
      email: 'marek.delaney@brightwater.example',
      telephone: '+44 114 496 0333',
    },
    regulated: false,
    decisionRule: { kind: 'simple_acceptance' },
  },
  {
    name: 'Corvane Energy Services',
    address: ['Harbour House', 'Aberdeen AB11 5PW', 'United Kingdom'],
    contact: {
      name: 'Yusuf Campbell',
      email: 'yusuf.campbell@corvane.example',
      telephone: '+44 1224 496 771',
    },
    regulated: false,
    decisionRule: { kind: 'false_accept_limit', probability: 0.02 },
  },
] as const;
