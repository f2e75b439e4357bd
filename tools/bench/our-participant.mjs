// A participant: TNO. Usage: node our-participant.mjs WORKLOAD, which is JSON

import { ourAnswers } from './ours.mjs';
import { serve } from './serve.mjs';

await serve(await ourAnswers(JSON.parse(process.argv[2])));
