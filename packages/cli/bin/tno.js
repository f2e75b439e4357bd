#!/usr/bin/env node
// Apart from what is built, since npm links commands before anything is built in a clone.
import '../dist/main.js';
