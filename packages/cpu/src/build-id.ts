/** Of the sources that this package was built from; null where the sources themselves run. */
declare const TNO_BUILD_ID: string | undefined;
export const buildId: string | null = typeof TNO_BUILD_ID === 'string' ? TNO_BUILD_ID : null;
