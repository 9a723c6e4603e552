/** The app's IndexedDB: profiles by id, and facts of the installation by name. */
export type StoreName = 'profiles' | 'installation';

export interface Database {
  read<T>(store: StoreName, query: (objects: IDBObjectStore) => IDBRequest<T>): Promise<T>;
  /**
   * One read-and-write transaction, on disk when this resolves: a `seq` that was sent must not come again after a power cut.
   * `work` must put its requests on the store without waiting for anything else.
   */
  write<T>(
    store: StoreName,
    work: (objects: IDBObjectStore, done: (value: T) => void) => void,
  ): Promise<T>;
}

export async function openDatabase(): Promise<Database> {
  const opening = indexedDB.open('drawbridge-authenticator', 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore('profiles', { keyPath: 'id' });
    opening.result.createObjectStore('installation');
  };
  const database = await settled(opening);
  // A newer version of the app in another window may change the layout.
  database.onversionchange = () => database.close();
  return {
    read: (store, query) => settled(query(database.transaction(store).objectStore(store))),
    write<T>(store: StoreName, work: (objects: IDBObjectStore, done: (value: T) => void) => void) {
      return new Promise<T>((resolve, reject) => {
        const transaction = database.transaction(store, 'readwrite', { durability: 'strict' });
        let result: { value: T } | null = null;
        transaction.oncomplete = () =>
          result === null ? reject(new Error('nothing was written')) : resolve(result.value);
        transaction.onabort = () => reject(asError(transaction.error));
        work(transaction.objectStore(store), (value) => {
          result = { value };
        });
      });
    },
  };
}

const settled = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(asError(request.error));
  });

const asError = (error: DOMException | null): Error => error ?? new Error('the storage failed');
