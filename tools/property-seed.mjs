// Property tests draw the same cases in every run, so that a failure is news and not luck;
// TNO_SEED=NUMBER draws others.
import fc from 'fast-check';

const seed = Number(process.env.TNO_SEED ?? 20261122);
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });
