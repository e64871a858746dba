/**
 * Loads what needs a package that is optional to install.
 *
 * @throws an error that names it, where it is not there
 */
export async function need<Module>(name: string, load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    if (!String((error as Error).message).includes(name)) throw error;
    throw new Error(`Expected the package ${name}, which is optional; to install it: npm install ${name}`);
  }
}
